import type { BuildOptions } from 'esbuild';

export declare const chartsBuild: BuildOptions & { readonly write: false };
