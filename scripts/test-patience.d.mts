export const patience: { readonly unit: number; readonly machines: number; readonly poll: number };
