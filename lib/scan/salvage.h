/*
 * salvage.h - what can be read of a program whose syntax is broken.
 *
 * A fragment may begin inside a docstring or a function: the parser then
 * takes code for text, or gives up on it.  Line by line it is still a program.
 */
#ifndef AE_SCAN_SALVAGE_H
#define AE_SCAN_SALVAGE_H

#include <stdint.h>

#include "core/arena.h"
#include "core/buf.h"
#include "core/str.h"

/*
 * Appends the text's statements to to, each at the left margin and without its
 * block.  *places (in the arena) is the place in text of each line of to.
 */
void ae_salvage_python(struct ae_arena *, struct ae_str text, struct ae_buf *to,
    uint32_t **places);

#endif
