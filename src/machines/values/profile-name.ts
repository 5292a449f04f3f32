/** What the helper takes as the name of an AppArmor profile: characters that names of files and programs have, 255 at most. */
export function isProfileName(text: string): boolean {
  return /^[\w./:-]{1,255}$/.test(text);
}
