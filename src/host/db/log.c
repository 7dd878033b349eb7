/* db_log: the time line. */
#include "db/sql.h"

/* 1: an event of that topic and uniq is there; 0; -1. */
static int
is_known(struct db *db, const struct row *event, struct err *err)
{
	const struct model *m = event->model;
	const struct value *uniq = &event->value[model_field(m, "uniq")];
	const struct value *topic = &event->value[model_field(m, "topic")];
	int status;

	if (!uniq->is_set)
		return 0;
	if (sql_prepare(db,
		STR("SELECT 1 FROM activity WHERE topic = ?1 AND uniq = ?2"),
		&db->log_find, err) == -1)
		return -1;
	sql_bind_text(db->log_find, 1, topic->text);
	sql_bind_text(db->log_find, 2, uniq->text);
	status = sql_step(db, db->log_find, err);
	if (status == 1)
		sql_reset(db->log_find);
	return status;
}

int
db_log(struct db *db, const struct row *event, struct reply_db *out,
    struct err *err)
{
	int status = is_known(db, event, err);

	if (status == -1)
		return -1;
	*out = (struct reply_db){ REPLY_NO_CHANGE, 0 };
	if (status == 1)
		return 0;
	if (sql_prepare(db,
		STR("INSERT INTO activity (topic, time, uniq, latitude, "
		    "longitude, radius, content) VALUES (?1, ?2, ?3, ?4, ?5, "
		    "?6, ?7)"),
		&db->log_add, err) == -1)
		return -1;
	for (int i = 0; event->model->field[i].name != NULL; i++)
		sql_bind_value(db->log_add, i + 1, &event->model->field[i],
		    &event->value[i]);
	if (sql_step(db, db->log_add, err) == -1)
		return -1;
	out->kind = REPLY_INSERTED;
	return 0;
}
