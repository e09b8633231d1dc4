#include "sandbox/docker_pool.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "core/mem.h"

enum {
	THREADS = 2,   /* an engine gets hardly faster by more */
	MAX_TRASH = 8, /* then removing goes first */
	LEAVE_S = 10,  /* for removing what is left at the end */
};

enum state { FREE, WANTED, MAKING, READY };

/* A container made ahead. */
struct ahead {
	enum state state;
	char *config;
	struct ae_box box;
};

struct known {
	char *image;
	const struct ae_lang *lang;
	struct ae_engine_layer layer;
};

struct ae_docker_pool {
	/* The caller's own. */
	struct ae_engine engine;
	bool open, stream;
	struct known *known;
	size_t n_known;
	pthread_t threads[THREADS];
	int n_threads;
	/* Under the lock. */
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct ahead ahead[AE_POOL_MOST];
	int depth;
	char **trash; /* ids of containers to be removed */
	size_t n_trash;
	bool stop;
	int working; /* threads that have not ended */
};

/* ---- the threads ---- */

static void
add_trash(struct ae_docker_pool *p, struct ae_box *b)
{
	if (b->id != NULL) {
		p->trash =
		    ae_xrealloc(p->trash, p->n_trash + 1, sizeof *p->trash);
		p->trash[p->n_trash++] = ae_steal(&b->id);
	}
	ae_box_free(b);
}

static struct ahead *
find(struct ae_docker_pool *p, enum state state, const char *config)
{
	for (int i = 0; i < p->depth; i++) {
		struct ahead *a = &p->ahead[i];

		if (a->state == state &&
		    (config == NULL || strcmp(a->config, config) == 0))
			return a;
	}
	return NULL;
}

static void
empty(struct ahead *a)
{
	a->state = FREE;
	free(ae_steal(&a->config));
}

/* Makes the box of a slot, without the lock.  A failure is no news: whoever
 * needs one then makes it, and hears why not. */
static void
make(struct ae_docker_pool *p, struct ahead *a, struct ae_engine *e)
{
	struct ae_box box = AE_BOX_INIT;
	struct ae_engine_why why;
	int r = 0;

	a->state = MAKING;
	pthread_mutex_unlock(&p->lock);
	r = ae_box_make(e, ae_str(a->config), &box, &why);
	pthread_mutex_lock(&p->lock);
	if (r == 0 && !p->stop) {
		a->box = box;
		a->state = READY;
		return;
	}
	add_trash(p, &box);
	empty(a);
}

static void
remove_one(struct ae_docker_pool *p, struct ae_engine *e)
{
	AE_AUTO_FREE char *id = p->trash[--p->n_trash];

	pthread_mutex_unlock(&p->lock);
	ae_engine_remove(e, id);
	pthread_mutex_lock(&p->lock);
}

/* One piece of work.  False: there is none. */
static bool
work(struct ae_docker_pool *p, struct ae_engine *e)
{
	struct ahead *a =
	    p->stop || p->n_trash > MAX_TRASH ? NULL : find(p, WANTED, NULL);

	if (a != NULL)
		make(p, a, e);
	else if (p->n_trash != 0)
		remove_one(p, e);
	else
		return false;
	pthread_cond_broadcast(&p->changed);
	return true;
}

static void *
serve(void *ctx)
{
	struct ae_docker_pool *p = ctx;
	struct ae_engine e;
	struct ae_err err;
	int r = ae_engine_again(&p->engine, &e, &err);

	pthread_mutex_lock(&p->lock);
	while (r == 0)
		if (!work(p, &e)) {
			if (p->stop)
				break;
			pthread_cond_wait(&p->changed, &p->lock);
		}
	p->working--;
	pthread_cond_broadcast(&p->changed);
	pthread_mutex_unlock(&p->lock);
	ae_engine_close(&e);
	return NULL;
}

/* With the lock: at least n threads.  Where there can be none, containers are
 * made when they are needed, and removed at the next start. */
static void
wake(struct ae_docker_pool *p, int n)
{
	while (p->n_threads < n &&
	       pthread_create(&p->threads[p->n_threads], NULL, serve, p) == 0) {
		p->n_threads++;
		p->working++;
	}
	pthread_cond_broadcast(&p->changed);
}

/* ---- the caller ---- */

struct ae_docker_pool *
ae_docker_pool_new(int depth)
{
	struct ae_docker_pool *p = ae_xcalloc(1, sizeof *p);

	p->depth = depth < AE_POOL_MOST ? depth : AE_POOL_MOST;
	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->changed, NULL);
	for (int i = 0; i < AE_POOL_MOST; i++)
		p->ahead[i].box = (struct ae_box)AE_BOX_INIT;
	return p;
}

/* Tells the threads to end.  False: one of them does not. */
static bool
end_threads(struct ae_docker_pool *p)
{
	struct timespec until;
	int r = 0;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += LEAVE_S;
	pthread_mutex_lock(&p->lock);
	p->stop = true;
	for (int i = 0; i < p->depth; i++) {
		if (p->ahead[i].state == READY)
			add_trash(p, &p->ahead[i].box);
		if (p->ahead[i].state != MAKING)
			empty(&p->ahead[i]);
	}
	if (p->n_trash != 0)
		wake(p, 1);
	pthread_cond_broadcast(&p->changed);
	while (p->working != 0 && r == 0)
		r = pthread_cond_timedwait(&p->changed, &p->lock, &until);
	pthread_mutex_unlock(&p->lock);
	return r == 0;
}

void
ae_docker_pool_free(struct ae_docker_pool *p)
{
	if (p == NULL)
		return;
	/* They use it: it is left to them, and to the process's end. */
	if (!end_threads(p))
		return;
	for (int i = 0; i < p->n_threads; i++)
		pthread_join(p->threads[i], NULL);
	ae_docker_pool_forget(p);
	ae_engine_close(&p->engine);
	pthread_cond_destroy(&p->changed);
	pthread_mutex_destroy(&p->lock);
	free(p->trash);
	free(p);
}

struct ae_engine *
ae_docker_pool_engine(
    struct ae_docker_pool *p, const char *host, struct ae_engine_why *why)
{
	if (p->open)
		return &p->engine;
	if (ae_engine_open(host, &p->engine, why) != 0 ||
	    ae_engine_reap(&p->engine, false, why) < 0) {
		ae_engine_close(&p->engine);
		return NULL;
	}
	p->open = true;
	return &p->engine;
}

const struct ae_engine_layer *
ae_docker_pool_layer(struct ae_docker_pool *p, const char *image,
    enum ae_pull pull, const char *init, const struct ae_lang *lang,
    struct ae_engine_why *why)
{
	AE_AUTO_FREE char *id = NULL;
	struct known k = {NULL, lang, {NULL, NULL, NULL}};

	for (size_t i = 0; i < p->n_known; i++)
		if (p->known[i].lang == lang &&
		    strcmp(p->known[i].image, image) == 0)
			return &p->known[i].layer;
	id = ae_engine_image(&p->engine, image, pull, why);
	if (id == NULL ||
	    ae_engine_layer(&p->engine, id, init, lang, &k.layer, why) != 0)
		return NULL;
	k.image = ae_xstrdup(image);
	p->known = ae_xrealloc(p->known, p->n_known + 1, sizeof *p->known);
	p->known[p->n_known] = k;
	return &p->known[p->n_known++].layer;
}

void
ae_docker_pool_forget(struct ae_docker_pool *p)
{
	for (size_t i = 0; i < p->n_known; i++) {
		free(p->known[i].image);
		ae_engine_layer_free(&p->known[i].layer);
	}
	free(ae_steal(&p->known));
	p->n_known = 0;
}

/* With the lock: one that waits, or that will in a moment. */
static bool
take_ready(struct ae_docker_pool *p, const char *config, struct ae_box *b)
{
	struct ahead *a = NULL;

	for (;;) {
		a = find(p, READY, config);
		if (a != NULL) {
			*b = a->box;
			a->box = (struct ae_box)AE_BOX_INIT;
			empty(a);
			if (ae_box_waits(b))
				return true;
			add_trash(p, b);
		} else if (find(p, MAKING, config) != NULL) {
			pthread_cond_wait(&p->changed, &p->lock);
		} else {
			break;
		}
	}
	/* Not begun yet: made here at once. */
	a = find(p, WANTED, config);
	if (a != NULL)
		empty(a);
	return false;
}

int
ae_docker_pool_take(struct ae_docker_pool *p, struct ae_str config,
    struct ae_box *b, struct ae_engine_why *why)
{
	bool taken = false;

	pthread_mutex_lock(&p->lock);
	taken = take_ready(p, config.s, b);
	pthread_mutex_unlock(&p->lock);
	return taken ? 0 : ae_box_make(&p->engine, config, b, why);
}

/* A slot for another one: a free one, else that of another configuration, if
 * there is none of this one yet. */
static struct ahead *
make_room(struct ae_docker_pool *p, const char *config)
{
	struct ahead *a = find(p, FREE, NULL);

	if (a != NULL || find(p, READY, config) != NULL ||
	    find(p, MAKING, config) != NULL || find(p, WANTED, config) != NULL)
		return a;
	a = find(p, READY, NULL);
	if (a != NULL) {
		add_trash(p, &a->box);
		empty(a);
	}
	return a;
}

void
ae_docker_pool_ahead(struct ae_docker_pool *p, struct ae_str config)
{
	struct ahead *a = NULL;

	if (!p->stream) {
		p->stream = true;
		return;
	}
	pthread_mutex_lock(&p->lock);
	while ((a = make_room(p, config.s)) != NULL) {
		a->state = WANTED;
		a->config = ae_xstrdup(config.s);
	}
	wake(p, THREADS);
	pthread_mutex_unlock(&p->lock);
}

void
ae_docker_pool_drop(struct ae_docker_pool *p, struct ae_box *b)
{
	ae_box_detach(b);
	pthread_mutex_lock(&p->lock);
	add_trash(p, b);
	if (p->n_trash != 0)
		wake(p, 1);
	pthread_mutex_unlock(&p->lock);
}
