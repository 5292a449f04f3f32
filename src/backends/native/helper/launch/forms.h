/* The form of every operation: its section, rank and arguments. The C side of the tables in docs/launch-plan.md. */
#ifndef TSMACHINE_FORMS_H
#define TSMACHINE_FORMS_H

#include "plan.h"

struct form {
	enum section section;
	int rank; /* 0: anywhere in its section */
	const char *operation;
	/*
	 * One word an argument. In capitals, a kind (see forms.c); in small letters, the words allowed, divided by bars. `...`
	 * after the last: any number of them more; in brackets: may be missing.
	 */
	const char *arguments;
};

/* NULL when the section has no such operation. */
const struct form *form_find(enum section section, const char *operation);

/* NULL, or what is wrong with the arguments. */
const char *form_check(const struct form *form, const struct record *record);

#endif
