/** What the face is asked for, with what no case is about filled in. */
import type {
  CloneRequest,
  CopyRequest,
  CreateRequest,
  ExportRequest,
  ImportRequest,
  SnapshotRequest,
} from '../../src/machines/machines.ts';

export const work = { progress: () => {}, signal: new AbortController().signal };

export function createRequest(template: string, changes: Partial<CreateRequest> = {}): CreateRequest {
  return {
    name: undefined,
    template,
    templateOptions: {},
    storage: undefined,
    settings: {},
    progress: () => {},
    fileProgress: () => {},
    signal: work.signal,
    ...changes,
  };
}

export function snapshotRequest(snapshot: string, changes: Partial<SnapshotRequest> = {}): SnapshotRequest {
  return { ...work, snapshot, comment: undefined, expiresAfterMs: undefined, keep: undefined, ...changes };
}

export const cloneRequest: CloneRequest = { ...work, keepIdentity: false };

export function copyRequest(sources: readonly string[], target: string): CopyRequest {
  return { ...work, sources, target, parents: false, owner: undefined, setId: false };
}

export function exportRequest(path: string, changes: Partial<ExportRequest> = {}): ExportRequest {
  return { ...work, target: { path }, snapshots: false, force: false, ...changes };
}

export function importRequest(path: string, name: string): ImportRequest {
  return {
    ...work,
    source: { path },
    name,
    storage: undefined,
    keepIdentity: false,
    trust: false,
    maxBytes: undefined,
  };
}
