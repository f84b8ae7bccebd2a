/** As much of pino's logger as the gateway needs. */
export interface GatewayLogger {
  error(fields: object, message: string): void;
}
