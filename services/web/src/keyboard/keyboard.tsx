import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react';

/** A key that does something on this page, and what it does, for the help. */
export interface Shortcut {
  /** As `KeyboardEvent.key`: `j`, `ArrowLeft`, `?`. With `mod+`: Ctrl, or ⌘ on a Mac. */
  readonly keys: readonly string[];
  readonly label: string;
  readonly run: (event: KeyboardEvent) => void;
}

interface Keyboard {
  add(shortcuts: readonly Shortcut[]): () => void;
  readonly all: readonly (readonly Shortcut[])[];
}

const KeyboardContext = createContext<Keyboard | null>(null);

/** Hands each key to the newest who wants it; silent while somebody types, except for keys with `mod+`. */
export function KeyboardProvider({ children }: { readonly children: ReactNode }) {
  const [all, setAll] = useState<readonly (readonly Shortcut[])[]>([]);
  const latest = useRef(all);
  useLayoutEffect(() => {
    latest.current = all;
  });
  useEffect(() => {
    // What lies above the page has Escape for itself, and is gone by the time that the key comes up here.
    let overlaid = false;
    const onKeyDown = () => {
      overlaid = document.querySelector('[role=dialog], [role=menu], [role=listbox]') !== null;
    };
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.altKey || (overlaid && event.key === 'Escape')) return;
      const modified = event.ctrlKey || event.metaKey;
      if (!modified && isTyping(event.target)) return;
      const name = modified ? `mod+${event.key.toLowerCase()}` : event.key;
      const wanted = latest.current.flat().findLast(({ keys }) => keys.includes(name));
      if (wanted === undefined) return;
      event.preventDefault();
      wanted.run(event);
    };
    addEventListener('keydown', onKeyDown, { capture: true });
    addEventListener('keydown', onKey);
    return () => {
      removeEventListener('keydown', onKeyDown, { capture: true });
      removeEventListener('keydown', onKey);
    };
  }, []);
  const add = useCallback((shortcuts: readonly Shortcut[]) => {
    setAll((before) => [...before, shortcuts]);
    return () => setAll((before) => before.filter((some) => some !== shortcuts));
  }, []);
  const keyboard = useMemo<Keyboard>(() => ({ all, add }), [all, add]);
  return <KeyboardContext value={keyboard}>{children}</KeyboardContext>;
}

/** The shortcuts that hold while this component is shown. */
export function useShortcuts(shortcuts: readonly Shortcut[]): void {
  const keyboard = useContext(KeyboardContext);
  const add = keyboard?.add;
  const latest = useRef(shortcuts);
  useLayoutEffect(() => {
    latest.current = shortcuts;
  });
  const shape = shortcuts.map(({ keys, label }) => `${keys.join(' ')}=${label}`).join('\n');
  useEffect(() => {
    // Handlers change with each render; what is registered changes with the keys and their labels only.
    const stable = latest.current.map(({ keys, label }, at) => ({
      keys,
      label,
      run: (event: KeyboardEvent) => latest.current[at]?.run(event),
    }));
    return add?.(stable);
    // `shape` stands for the shortcuts: their handlers are read when a key comes.
    // oxlint-disable-next-line react/exhaustive-effect-dependencies
  }, [add, shape]);
}

export function useAllShortcuts(): readonly (readonly Shortcut[])[] {
  return useContext(KeyboardContext)?.all ?? [];
}

/** Where keys are text. */
function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement)
    return true;
  return target instanceof HTMLInputElement && !['checkbox', 'radio', 'button', 'range'].includes(target.type);
}
