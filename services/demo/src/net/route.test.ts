import { describe, expect, it } from 'vitest';
import { fillPath, matchPath } from './route.ts';

describe('a path template', () => {
  it('matches a path of its shape and yields the parameters', () => {
    expect(matchPath('/carts/{cartId}/items', '/carts/cart-7/items')).toEqual({ cartId: 'cart-7' });
    expect(matchPath('/products', '/products')).toEqual({});
  });

  it.each(['/carts/cart-7', '/carts//items', '/orders/cart-7/items', '/carts/cart-7/items/1'])(
    'does not match %s',
    (path) => {
      expect(matchPath('/carts/{cartId}/items', path)).toBeNull();
    },
  );

  it('is filled with parameters, escaped', () => {
    expect(fillPath('/orders/{orderId}', { orderId: 'a/b' })).toBe('/orders/a%2Fb');
    expect(() => fillPath('/orders/{orderId}', {})).toThrow('orderId');
  });
});
