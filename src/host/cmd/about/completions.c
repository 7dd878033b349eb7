/*
 * completions: what makes a shell complete our commands. The scripts hold no
 * list: they ask the program, which knows its commands, modules and keys.
 */
#include "base/mem.h"
#include "line/cmd.h"
#include "line/complete.h"
#include "term/term.h"

struct completions_opts {
	struct str line;
};

/*
 * Bash inserts candidates as they are, so that they are quoted here; zsh and
 * fish quote what they insert. Bash ends words at : and =, too; what is in
 * front of them stays.
 */
static const char bash[] =
    "_sn0int()\n"
    "{\n"
    "	local line=${COMP_LINE:0:COMP_POINT}\n"
    "	local typed=${line##* }\n"
    "	local kept=${typed%\"${typed##*[:=]}\"}\n"
    "	mapfile -t COMPREPLY < <(\"$1\" completions --line=\"$line\" "
    "2>/dev/null)\n"
    "	COMPREPLY=(\"${COMPREPLY[@]#\"$kept\"}\")\n"
    "	[ ${#COMPREPLY[@]} -eq 0 ] ||\n"
    "		mapfile -t COMPREPLY < <(printf '%q\\n' "
    "\"${COMPREPLY[@]}\")\n"
    "}\n"
    "complete -o default -F _sn0int sn0int\n";

static const char fish[] =
    "complete -c sn0int -f -a '(sn0int completions --line=(commandline -cp "
    "| string collect) 2>/dev/null | string match \"*\"; "
    "or __fish_complete_path (commandline -ct))'\n";

/* Both a file of fpath, called as _sn0int, and text for source. */
static const char zsh[] =
    "#compdef sn0int\n"
    "_sn0int()\n"
    "{\n"
    "	local -a found\n"
    "	found=(${(f)\"$(sn0int completions --line=\"$LBUFFER\" "
    "2>/dev/null)\"})\n"
    "	compadd -a -- found || _files\n"
    "}\n"
    "if [[ ${funcstack[1]} == _sn0int ]]; then\n"
    "	_sn0int \"$@\"\n"
    "else\n"
    "	compdef _sn0int sn0int\n"
    "fi\n";

static const struct {
	const char *shell, *script;
} scripts[] = {
	{ "bash", bash },
	{ "fish", fish },
	{ "zsh", zsh },
};

static void
print_candidate(void *ctx, struct str candidate)
{
	autopool struct pool pool = POOL_NONE;

	(void)ctx;
	term_printf("%.*s\n", STR_ARG(term_safe(&pool, candidate)));
}

static int
run_completions(struct program *p, const void *arg, const struct operands *in,
    struct err *err)
{
	const struct completions_opts *opts = arg;

	if (opts->line.p != NULL) {
		shell_complete(p, opts->line, print_candidate, NULL);
		return 0;
	}
	for (size_t i = 0; in->n != 0 && i < ARRAY_SIZE(scripts); i++) {
		if (str_is(in->word[0], scripts[i].shell)) {
			term_print(str_of(scripts[i].script));
			return 0;
		}
	}
	return err_usage(err, "completions are for bash, fish and zsh");
}

static void
complete_shell(struct program *p, const struct operands *before,
    void (*add)(void *ctx, struct str word), void *ctx)
{
	(void)p;
	for (size_t i = 0; before->n == 0 && i < ARRAY_SIZE(scripts); i++)
		add(ctx, str_of(scripts[i].shell));
}

static const struct opt completions_opts[] = {
	{ 0, "line", OPT_TEXT, AT(completions_opts, line), "LINE",
	    "print how the last word of a line may go on", 0 },
	{ 0, NULL, OPT_FLAG, 0, NULL, NULL, 0 },
};

const struct cmd cmd_completions = {
	.name = "completions",
	.where = CMD_LINE,
	.operands = "SHELL",
	.most = 1,
	.help = "print what makes a shell complete our commands",
	.more = "SHELL: bash, fish, zsh\n"
		"bash: sn0int completions bash > "
		"~/.local/share/bash-completion/completions/sn0int\n"
		"fish: sn0int completions fish > "
		"~/.config/fish/completions/sn0int.fish\n"
		"zsh:  source <(sn0int completions zsh), behind compinit",
	.opts = completions_opts,
	.size = sizeof(struct completions_opts),
	.run = run_completions,
	.complete = complete_shell,
};
