/** Groups of machines that start together. */

/** A word that needs no quoting anywhere. */
const groupName = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;

export function isGroupName(text: string): boolean {
  return groupName.test(text);
}
