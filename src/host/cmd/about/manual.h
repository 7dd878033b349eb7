/*
 * manual: sn0int(1) and sn0int(5) as scdoc(5) reads them, from the rows of the
 * commands and from the tables here. sn0int.toml(5): config_page.h.
 */
#ifndef ABOUT_MANUAL_H
#define ABOUT_MANUAL_H

void manual_print(void);
void manual_print_files(void);

#endif
