/* The floor: a dynamically linked program that does nothing. */
int
main(void)
{
	return 0;
}
