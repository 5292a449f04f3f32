/* How likely the kernel kills this process when memory runs out. */
#ifndef TSMACHINE_OOM_SCORE_H
#define TSMACHINE_OOM_SCORE_H

/* Makes it unlikely, where that is allowed: else a whole machine would be lost for the megabyte that its monitor takes. */
void oom_score_lower(void);

/* As it was: what is executed from now on must not inherit the privilege. */
void oom_score_restore(void);

#endif
