#include "term/screen.h"

#include <sys/ioctl.h>
#include <unistd.h>

struct screen
screen_size(void)
{
	struct winsize size = { .ws_col = 0 };
	struct screen screen = { 80, 24 };

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == -1)
		return screen;
	if (size.ws_col != 0)
		screen.columns = size.ws_col;
	if (size.ws_row != 0)
		screen.lines = size.ws_row;
	return screen;
}
