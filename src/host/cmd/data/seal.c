#include "data/seal.h"

#include "base/locked.h"
#include "base/mem.h"
#include "program/unlock.h"
#include "seal/service.h"
#include "term/term.h"

struct seal_opts {
	bool remember;
	struct opt_number passphrase_fd;
};

int
seal_open_keys(struct program *p, struct opt_number fd, struct err *err)
{
	if (unlock_use_fd(p, fd.is_set, fd.n, err) == -1)
		return -1;
	return unlock_keys(p, err);
}

void
seal_say_taken(struct program *p)
{
	autopool struct pool pool = POOL_NONE;
	struct str taken = keyring_taken(p->keyring, &pool);
	struct str safe = term_safe(&pool, taken);

	if (taken.p != NULL)
		term_line(TERM_INFO,
		    "taken over into the sealed keyring, from keyring.json: "
		    "%.*s",
		    STR_ARG(safe));
}

/* It is of no use any more; that it is still there does no harm. */
static void
forget_key(const struct box_head *head)
{
	autopool struct pool pool = POOL_NONE;
	autoerr struct err why = ERR_NONE;
	struct str text;

	if (!(head->flags & BOX_REMEMBERED) || service_forget(head, &why) != -1)
		return;
	text = err_join(&pool, &why);
	term_line(TERM_WARN, "the old key is still in the secret service: %.*s",
	    STR_ARG(text));
}

/* The key in a pool for secrets; no lock is held while somebody types. */
static int
new_key(struct program *p, bool is_kept, struct box_key *key, struct err *err)
{
	autopool struct pool pool = POOL_SECRET;
	struct box_head head;
	struct str passphrase;

	if (unlock_new_passphrase(p, &pool, &passphrase, err) == -1 ||
	    box_salt(&head, 0, 0, err) == -1)
		return -1;
	head.flags = is_kept ? BOX_REMEMBERED : 0;
	if (box_derive(key, &head, passphrase, err) == -1)
		return -1;
	/* first: a ring that says so has its key there */
	return is_kept && service_keep(key, err) == -1 ? -1 : 0;
}

static int
seal_with(struct program *p, const struct box_key *key, struct err *err)
{
	struct box_head old = { .flags = 0 };

	if (keyring_is_sealed(p->keyring))
		old = *keyring_head(p->keyring);
	if (keyring_seal(p->keyring, key, err) == -1)
		return -1;
	forget_key(&old);
	return 0;
}

static int
run_seal(struct program *p, const void *opts, const struct operands *in,
    struct err *err)
{
	autopool struct pool pool = POOL_SECRET;
	struct box_key *key = pool_alloc(&pool, sizeof(*key));
	bool was_sealed = keyring_is_sealed(p->keyring);
	const struct seal_opts *seal = opts;

	(void)in;
	if (seal_open_keys(p, seal->passphrase_fd, err) == -1 ||
	    new_key(p, seal->remember, key, err) == -1)
		return -1;
	if (seal_with(p, key, err) == -1) {
		forget_key(&key->head);
		return -1;
	}
	seal_say_taken(p);
	term_line(TERM_SUCCESS, "%s",
	    was_sealed ? "The keyring has another passphrase"
		       : "The keyring is sealed");
	return 0;
}

static int
run_unseal(struct program *p, const void *opts, const struct operands *in,
    struct err *err)
{
	const struct seal_opts *seal = opts;
	struct box_head old;

	(void)in;
	if (!keyring_is_sealed(p->keyring))
		return err_set(err, "the keyring is not sealed");
	if (seal_open_keys(p, seal->passphrase_fd, err) == -1)
		return -1;
	old = *keyring_head(p->keyring);
	if (keyring_unseal(p->keyring, err) == -1)
		return -1;
	forget_key(&old);
	term_line(TERM_SUCCESS, "The keyring is not sealed any more");
	return 0;
}

static int
run_lock(struct program *p, const void *opts, const struct operands *in,
    struct err *err)
{
	(void)opts, (void)in;
	if (!keyring_is_sealed(p->keyring))
		return err_set(err,
		    "the keyring is not sealed: keyring seal gives it a "
		    "passphrase");
	keyring_lock(p->keyring);
	if (!(keyring_head(p->keyring)->flags & BOX_REMEMBERED))
		return 0;
	return service_forget(keyring_head(p->keyring), err) == -1 ? -1 : 0;
}

static const struct opt remember_opts[] = {
	{ 0, "remember", OPT_FLAG, AT(seal_opts, remember), NULL,
	    "the desktop's secret service keeps the key", 0 },
	OPT_PASSPHRASE_FD(seal_opts),
	{ 0, NULL, OPT_FLAG, 0, NULL, NULL, 0 },
};
static const struct opt seal_opts[] = {
	OPT_PASSPHRASE_FD(seal_opts),
	{ 0, NULL, OPT_FLAG, 0, NULL, NULL, 0 },
};

#define BOTH (CMD_LINE | CMD_PROMPT)

const struct cmd seal_sub_seal = { .name = "seal",
	.where = BOTH,
	.needs = NEEDS_WORKSPACE,
	.help = "keep the secrets under a passphrase",
	.opts = remember_opts,
	.size = sizeof(struct seal_opts),
	.run = run_seal,
	.more = "A sealed ring gets another passphrase; --passphrase-fd "
		"gives the old one, then the new one." };
const struct cmd seal_sub_unseal = { .name = "unseal",
	.where = BOTH,
	.needs = NEEDS_WORKSPACE,
	.help = "keep the secrets as plain text again",
	.opts = seal_opts,
	.size = sizeof(struct seal_opts),
	.run = run_unseal };
const struct cmd seal_sub_lock = { .name = "lock",
	.where = BOTH,
	.needs = NEEDS_WORKSPACE,
	.help = "forget the passphrase of the sealed secrets",
	.run = run_lock,
	.more = "The prompt knows it from the first command that needed a "
		"secret, the secret service from seal --remember." };
