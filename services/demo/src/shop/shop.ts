import { setTimeout as sleep } from 'node:timers/promises';
import { createConduct } from '../conduct.ts';
import type { Fault } from '../conduct.ts';
import { startBroker } from '../dependency/broker.ts';
import { startCardNetwork } from '../dependency/card-network.ts';
import { startPostgres } from '../dependency/postgres.ts';
import { serviceNames } from '../names.ts';
import type { ServiceName } from '../names.ts';
import { createDirectory } from '../net/directory.ts';
import type { Telemetry } from '../telemetry.ts';
import { startCart } from './cart.ts';
import { startCheckout } from './checkout.ts';
import { startFrontend } from './frontend.ts';
import { startInventory } from './inventory.ts';
import { startPayment } from './payment.ts';
import { characters } from './service.ts';
import type { StartService } from './service.ts';
import { startShipping } from './shipping.ts';

const starters: Record<ServiceName, StartService> = {
  frontend: startFrontend,
  checkout: startCheckout,
  cart: startCart,
  inventory: startInventory,
  payment: startPayment,
  shipping: startShipping,
};

export interface Shop {
  readonly frontendPort: number;
  close(): void;
}

export interface ShopOptions {
  readonly telemetry: Readonly<Record<ServiceName, Telemetry>>;
  /** What is injected into a service now. */
  readonly faultOf: (service: ServiceName) => Fault;
}

/** The six services and what they lean on, each on a port of its own. */
export async function startShop(options: ShopOptions): Promise<Shop> {
  const directory = createDirectory();
  const postgres = await startPostgres();
  const broker = await startBroker({ orders: ['shipping', 'cart'] });
  const cardNetwork = await startCardNetwork();
  directory.register('postgres', postgres.port);
  directory.register('broker', broker.port);
  directory.register('card-network', cardNetwork.port);

  const closables: { close(): void }[] = [];
  for (const name of serviceNames.toReversed()) {
    const conduct = createConduct({
      ...characters[name],
      fault: () => options.faultOf(name),
      random: Math.random,
      sleep,
    });
    const service = await starters[name]({
      tracer: options.telemetry[name].tracer,
      directory,
      conduct,
    });
    directory.register(name, service.port);
    closables.unshift(service);
  }
  closables.push(postgres, broker, cardNetwork);
  return {
    frontendPort: directory.portOf('frontend'),
    close() {
      for (const closable of closables) closable.close();
    },
  };
}
