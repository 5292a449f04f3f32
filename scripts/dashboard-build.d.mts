import type { BuildOptions } from 'esbuild';

export const dashboardBuild: BuildOptions;
