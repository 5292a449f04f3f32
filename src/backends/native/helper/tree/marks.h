/* How an overlay writes down what a layer hides (Documentation/filesystems/overlayfs.rst). */
#ifndef TSMACHINE_MARKS_H
#define TSMACHINE_MARKS_H

#include <stdbool.h>
#include <sys/stat.h>

#define MARKS_PREFIX "trusted.overlay."
#define MARKS_OPAQUE MARKS_PREFIX "opaque"
#define MARKS_ORIGIN MARKS_PREFIX "origin"
#define MARKS_REDIRECT MARKS_PREFIX "redirect"
#define MARKS_METACOPY MARKS_PREFIX "metacopy"

/* Nothing of this name is to be seen, whatever lies below. */
bool marks_is_whiteout(const struct stat *status);

/* An xattr of the overlay itself, which nobody sees through it. (An overlay within a machine has its own: trusted.overlay.overlay.*) */
bool marks_is_private(const char *xattr);

/* Whether the directory `name` in `parent` hides what lies below it. */
bool marks_is_opaque(int parent, const char *name);

/* The name of a mark that makes a file depend on the place of others, or NULL: the features are never asked for when we mount. */
const char *marks_foreign(int parent, const char *name, const struct stat *status);

#endif
