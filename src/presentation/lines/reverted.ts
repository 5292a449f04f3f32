/** What came of a revert of a path. @param source NAME@SNAPSHOT, or "its image" */
export function revertedWords(path: string, differed: boolean, source: string): string {
  return `${path} ${differed ? 'is again as' : 'does not differ from what it is'} in ${source}`;
}
