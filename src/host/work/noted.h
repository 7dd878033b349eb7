/*
 * noted: at the level `full`, what a job is told and says, as lines of a script
 * (script/script.h) for its archive, so that it can be played again. Elsewhere
 * nothing.
 */
#ifndef WORK_NOTED_H
#define WORK_NOTED_H

#include "work/job.h"

/* Its start line, which stands alone in job->to. */
void noted_start(struct job *job);

/* A line of the child; of bytes that have records of their own nothing. */
void noted_event(struct job *job, enum event_kind kind, struct str line);

/* What it is answered. */
void noted_answer(struct job *job, struct str line);

#endif
