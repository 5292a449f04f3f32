/** As dev_valid_name of the kernel: at most 15 bytes, no slash, colon or space. */
export function isInterface(name: string): boolean {
  return /^[^\s/:=]{1,15}$/.test(name) && name !== '.' && name !== '..';
}
