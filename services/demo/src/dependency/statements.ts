import { latency } from '../latency.ts';
import type { LatencyShape } from '../latency.ts';

/** A row as it crosses the socket. */
export type Row = Readonly<Record<string, string | number>>;

/** What the stand-in for PostgreSQL holds. */
export interface Tables {
  readonly products: ReadonlyMap<string, Row>;
  readonly cartItems: Map<string, Row[]>;
  readonly orders: Map<string, Row>;
  readonly shipments: Map<string, Row>;
}

/** One statement that the shop sends: what a span says of it, how long it takes and what it does. */
export interface Statement {
  /** `db.query.text`. */
  readonly text: string;
  /** `db.operation.name`. */
  readonly operation: string;
  /** `db.collection.name`. */
  readonly collection: string;
  readonly latency: LatencyShape;
  run(tables: Tables, values: readonly string[]): readonly Row[];
}

/** Carts and orders beyond this are forgotten, oldest first: the demo may run for weeks. */
const maxRows = 2_000;

export function createTables(): Tables {
  const names = ['kettle', 'teapot', 'mug', 'tray', 'spoon', 'strainer', 'jar', 'caddy', 'whisk', 'scale'];
  return {
    products: new Map(names.map((name, i) => [name, { sku: name, cents: 450 + i * 325, stock: 1_000 }])),
    cartItems: new Map(),
    orders: new Map(),
    shipments: new Map(),
  };
}

export const listProducts: Statement = {
  text: 'SELECT sku, cents, stock FROM products ORDER BY sku LIMIT 20',
  operation: 'SELECT',
  collection: 'products',
  latency: latency(4, 0.4),
  run: (tables) => [...tables.products.values()],
};

export const findProduct: Statement = {
  text: 'SELECT sku, cents, stock FROM products WHERE sku = $1',
  operation: 'SELECT',
  collection: 'products',
  latency: latency(1.5, 0.4),
  run: (tables, [sku = '']) => found(tables.products.get(sku)),
};

export const reserveStock: Statement = {
  text: 'UPDATE products SET reserved = reserved + $2 WHERE sku = $1 RETURNING sku, stock',
  operation: 'UPDATE',
  collection: 'products',
  latency: latency(5, 0.5),
  run: (tables, [sku = '']) => found(tables.products.get(sku)),
};

export const listCart: Statement = {
  text: 'SELECT sku, quantity FROM cart_items WHERE cart_id = $1',
  operation: 'SELECT',
  collection: 'cart_items',
  latency: latency(2, 0.4),
  run: (tables, [cartId = '']) => tables.cartItems.get(cartId) ?? [],
};

export const addToCart: Statement = {
  text: 'INSERT INTO cart_items (cart_id, sku, quantity) VALUES ($1, $2, 1)',
  operation: 'INSERT',
  collection: 'cart_items',
  latency: latency(3, 0.5),
  run(tables, [cartId = '', sku = '']) {
    // Five items are a basket: what the demo shows does not depend on large ones.
    const items = [...(tables.cartItems.get(cartId) ?? []), { sku, quantity: 1 }].slice(-5);
    put(tables.cartItems, cartId, items);
    return [];
  },
};

export const emptyCarts: Statement = {
  text: 'DELETE FROM cart_items WHERE cart_id = ANY($1)',
  operation: 'DELETE',
  collection: 'cart_items',
  latency: latency(4, 0.5),
  run(tables, cartIds) {
    for (const cartId of cartIds) tables.cartItems.delete(cartId);
    return [];
  },
};

export const insertOrder: Statement = {
  text: 'INSERT INTO orders (order_id, cart_id, cents) VALUES ($1, $2, $3)',
  operation: 'INSERT',
  collection: 'orders',
  latency: latency(4, 0.5),
  run(tables, [orderId = '', cartId = '', cents = '0']) {
    put(tables.orders, orderId, { orderId, cartId, cents: Number(cents) });
    return [];
  },
};

export const insertShipment: Statement = {
  text: 'INSERT INTO shipments (order_id, state) VALUES ($1, $2)',
  operation: 'INSERT',
  collection: 'shipments',
  latency: latency(4, 0.5),
  run(tables, [orderId = '', state = '']) {
    put(tables.shipments, orderId, { orderId, state });
    return [];
  },
};

/** The slow path of the demo: a search without an index. */
export const traceShipment: Statement = {
  text: "SELECT order_id, state FROM shipments WHERE label LIKE '%' || $1 || '%'",
  operation: 'SELECT',
  collection: 'shipments',
  latency: latency(320, 0.35),
  run: (tables, [orderId = '']) => found(tables.shipments.get(orderId)),
};

/** Every statement, by its text. */
export const statements: ReadonlyMap<string, Statement> = new Map(
  [
    listProducts,
    findProduct,
    reserveStock,
    listCart,
    addToCart,
    emptyCarts,
    insertOrder,
    insertShipment,
    traceShipment,
  ].map((statement) => [statement.text, statement]),
);

function found(row: Row | undefined): readonly Row[] {
  return row === undefined ? [] : [row];
}

function put<V>(table: Map<string, V>, key: string, value: V): void {
  table.delete(key);
  table.set(key, value);
  const oldest = table.keys().next();
  if (table.size > maxRows && oldest.done !== true) table.delete(oldest.value);
}
