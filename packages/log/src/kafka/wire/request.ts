/**
 * Requests of our own over a connection of kafkajs. Its methods to produce and to fetch make
 * several objects and copies of each record, and tell of one partition's error only; everything
 * else (connecting, logging in, the order of answers) is its work.
 */

/** What is sent, and how its answer is read. */
export interface Request<T> {
  readonly api: Api;
  /** Called when the connection is ready, immediately before the bytes are handed to it; may throw to stop. */
  readonly encode: () => Buffer;
  readonly decode: (answer: Buffer) => T;
  /** Kafka is slow to answer where it is asked to wait. */
  readonly timeoutMs?: number;
}

interface Api {
  readonly key: number;
  readonly version: number;
  readonly name: string;
}

/** In kafkajs, of which only a part is in its types. */
export interface Connections {
  readonly host: string;
  readonly port: number;
  send(protocol: {
    readonly request: {
      readonly apiKey: number;
      readonly apiVersion: number;
      readonly apiName: string;
      encode(): Promise<{ readonly buf: Buffer; readonly buffer: Buffer }>;
    };
    readonly response: {
      decode(payload: Buffer): Promise<Decoded>;
      parse(decoded: Decoded): Promise<unknown>;
    };
    readonly requestTimeout?: number;
    readonly logResponseError?: boolean;
  }): Promise<unknown>;
}

interface Decoded {
  /** kafkajs sends nothing more for this long, where the broker asks for it. */
  readonly clientSideThrottleTime: number;
  readonly answer: unknown;
}

export async function sendRequest<T>(connections: Connections, request: Request<T>): Promise<T> {
  const { api, encode, decode, timeoutMs } = request;
  const answer = await connections.send({
    request: {
      apiKey: api.key,
      apiVersion: api.version,
      apiName: api.name,
      encode: async () => {
        const body = encode();
        return { buf: body, buffer: body };
      },
    },
    response: {
      decode: async (payload) => ({ clientSideThrottleTime: 0, answer: decode(payload) }),
      parse: async (decoded) => decoded.answer,
    },
    ...(timeoutMs === undefined ? {} : { requestTimeout: timeoutMs }),
    logResponseError: false,
  });
  // It is what `decode` returned.
  return answer as T;
}
