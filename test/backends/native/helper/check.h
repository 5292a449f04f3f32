/* The little that the helper's unit tests need: each is a program that says what broke and exits with 1. */
#ifndef TSMACHINE_TEST_CHECK_H
#define TSMACHINE_TEST_CHECK_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHECK(condition)                                                                      \
	do {                                                                                  \
		if (!(condition)) {                                                           \
			fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition); \
			exit(1);                                                              \
		}                                                                             \
	} while (0)

/* Two strings, either may be NULL; both are shown when they differ. */
#define CHECK_TEXT(actual, expected)                                                                      \
	do {                                                                                              \
		const char *a_ = (actual), *e_ = (expected);                                              \
		if (a_ != e_ && (a_ == NULL || e_ == NULL || strcmp(a_, e_) != 0)) {                       \
			fprintf(stderr, "%s:%d: '%s', not '%s'\n", __FILE__, __LINE__, a_ ? a_ : "(null)", \
				e_ ? e_ : "(null)");                                                      \
			exit(1);                                                                          \
		}                                                                                         \
	} while (0)

/* Checks a behaviour and says its name. */
#define RUN(test)                                        \
	do {                                             \
		test();                                  \
		printf("ok %s: %s\n", strrchr("/" __BASE_FILE__, '/') + 1, #test); \
	} while (0)

#endif
