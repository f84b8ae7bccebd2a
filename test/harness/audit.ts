import { spanloom } from './pipeline.ts';

/** `spanloom audit --json`, as far as tests look at it. */
export interface Audit {
  readonly stream: string;
  readonly clean: boolean;
  readonly partitions: readonly {
    readonly acknowledged: number;
    readonly stored: number;
    readonly inFlight: number;
    readonly missing: OffsetList;
    readonly doubled: OffsetList;
    readonly expiredUnread: OffsetList;
  }[];
}

interface OffsetList {
  readonly count: number;
  readonly offsets: readonly string[];
}

/** Audits a data folder, be it in use or not. */
export async function audit(path: string): Promise<Audit & { readonly code: number | null }> {
  const { code, stdout, stderr } = await spanloom('audit', '--json', '--data-dir', path);
  if (stdout === '') throw new Error(stderr);
  return { ...(JSON.parse(stdout) as Audit), code };
}
