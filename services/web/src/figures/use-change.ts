import { useNavigate } from '@tanstack/react-router';

/** Some parameters of a page; those that are `undefined` are taken out of the URL. */
export type ParamChange<Params> = { readonly [Name in keyof Params]?: Params[Name] | undefined };

/** Changes parameters of the page that is shown; the others stay as they are. */
export function useChange<Params>(): (change: ParamChange<Params>) => void {
  const navigate = useNavigate();
  return (change) =>
    void navigate({ to: '.', search: (before: object) => ({ ...before, ...change }), resetScroll: false } as never);
}
