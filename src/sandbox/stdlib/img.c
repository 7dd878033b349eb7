/* img: what images show, and hashes of it. */
#include "img/decode.h"
#include "img/exif.h"
#include "img/hash.h"
#include "img/kind.h"
#include "img/nudity.h"
#include "stdlib/call.h"
#include "text/codec.h"

/*
 * The image that was asked for last: modules take several hashes of one. The
 * bytes of a blob stay where they are as long as the run.
 */
struct cache {
	const char *bytes;
	enum img_use use;
	struct pool pool;
	struct img img;
};

static void
cache_end(void *handle)
{
	struct cache *cache = handle;

	pool_clear(&cache->pool);
}

static struct cache *
cache_of(struct call *c)
{
	static const char key;

	return call_state(c, &key, sizeof(struct cache), cache_end);
}

static int
find_blob(struct call *c, struct str *bytes)
{
	const struct str *blob = call_blob(c, call_str(c, 1));

	if (blob == NULL)
		return err_set(c->err, "Invalid blob reference");
	*bytes = *blob;
	return 0;
}

/* The image of argument 1; valid until the next image is loaded. */
static int
load_image(struct call *c, enum img_use use, const struct img **img)
{
	struct cache *cache = cache_of(c);
	struct str bytes;

	if (find_blob(c, &bytes) == -1)
		return -1;
	/* with all others it is the same image */
	if (img_kind_of(bytes) != IMG_WEBP)
		use = IMG_FOR_COLOR;
	if (cache->bytes == NULL || cache->bytes != bytes.p ||
	    cache->use != use) {
		cache->bytes = NULL;
		pool_clear(&cache->pool);
		if (img_decode(&cache->pool, bytes, use, &cache->img, c->err) ==
		    -1)
			return -1;
		cache->bytes = bytes.p;
		cache->use = use;
	}
	*img = &cache->img;
	return 0;
}

static int
fn_img_load(struct call *c)
{
	struct json map = json_map();
	const struct img *img;
	struct str bytes;

	if (load_image(c, IMG_FOR_COLOR, &img) == -1 ||
	    find_blob(c, &bytes) == -1)
		return -1;
	json_set(c->pool, &map, STR("mime"), json_text(img_mime(bytes)));
	json_set(c->pool, &map, STR("width"), json_int(img->width));
	json_set(c->pool, &map, STR("height"), json_int(img->height));
	return call_return_json(c, &map);
}

static int
fn_img_exif(struct call *c)
{
	struct json map = json_map();
	struct exif_place place;
	struct str bytes, tiff;
	int status;

	if (find_blob(c, &bytes) == -1 ||
	    exif_find(c->pool, bytes, &tiff, c->err) == -1)
		return -1;
	status = exif_read(tiff, &place, c->err);
	if (status != 1)
		return status == -1 ? -1 : call_return_nil(c);
	if (place.has_latitude)
		json_set(c->pool, &map, STR("latitude"),
		    json_double(place.latitude));
	if (place.has_longitude)
		json_set(c->pool, &map, STR("longitude"),
		    json_double(place.longitude));
	return call_return_json(c, &map);
}

static int
return_hash(struct call *c,
    void (*hash)(const struct img *gray, unsigned char out[IMG_HASH_SIZE]))
{
	unsigned char out[IMG_HASH_SIZE];
	const struct img *img;
	struct img gray;

	if (load_image(c, IMG_FOR_GRAY, &img) == -1)
		return -1;
	gray = img_gray(c->pool, img);
	hash(&gray, out);
	return call_return_str(c,
	    base64_write(c->pool, str_view((const char *)out, sizeof(out))));
}

static int
fn_img_ahash(struct call *c)
{
	return return_hash(c, img_ahash);
}

static int
fn_img_dhash(struct call *c)
{
	return return_hash(c, img_dhash);
}

static int
fn_img_phash(struct call *c)
{
	return return_hash(c, img_phash);
}

static int
fn_img_nudity(struct call *c)
{
	struct json map = json_map();
	const struct img *img;
	struct img_nudity found;
	double score;

	if (load_image(c, IMG_FOR_COLOR, &img) == -1)
		return -1;
	found = img_nudity(img);
	score = found.skin_percent / 100 + (found.nude ? 1 : 0);
	json_set(c->pool, &map, STR("nude"), json_bool(found.nude));
	json_set(c->pool, &map, STR("skin_percent"),
	    json_double(found.skin_percent));
	json_set(c->pool, &map, STR("score"), json_double(score));
	return call_return_json(c, &map);
}

/* A GIF of 8 pixels, brighter from left to right. */
#define EXAMPLE                                                                 \
	"create_blob(base64_decode("                                            \
	"'R0lGODdhCAABAIIAAAAAACAgIEBAQGBgYICAgKCgoMDAwODg4CwAAAAACAABAAAIDAAB" \
	"BBAwgEABAwcCAgA7'))"

const struct stdlib_fn stdlib_img[] = {
	{
	    .name = "img_load",
	    .call = fn_img_load,
	    .args = "id:text",
	    .returns = "map",
	    .doc =
		"Decodes a blob as an image and returns its mime, width and height; damage is an error. Formats: PNG, JPEG, GIF, WebP, TIFF, BMP, ICO.",
	    .example =
		"img_load(" EXAMPLE
		")  -- {\"height\": 1.0, \"mime\": \"image/gif\", \"width\": 8.0}",
	},
	{
	    .name = "img_exif",
	    .call = fn_img_exif,
	    .args = "id:text",
	    .returns = "map",
	    .doc =
		"Where a picture was taken, by the EXIF of a JPEG, TIFF, PNG, WebP, HEIF or AVIF: latitude and longitude in degrees, south and west below 0. nil if the EXIF names no place; without EXIF it is an error. The picture itself is not decoded.",
	    .example =
		"img_exif(create_blob(base64_decode('TU0AKgAAAAgAAYglAAQAAAABAAAAGgAAAAAABAABAAIAAAACUwAAAAACAAUAAAADAAAAUAADAAIAAAACRQAAAAAEAAUAAAADAAAAaAAAAAAAAAAhAAAAAQAAADMAAAABAAAAJAAAAAEAAACXAAAAAQAAAAwAAAABAAAAJAAAAAE=')))  -- {\"latitude\": -33.86, \"longitude\": 151.21}",
	},
	{
	    .name = "img_ahash",
	    .call = fn_img_ahash,
	    .args = "id:text",
	    .returns = "text",
	    .doc =
		"A perceptual hash of an image: 64 bits in base64 that say where it is brighter than its mean. Images that look alike have few different bits.",
	    .example = "img_ahash(" EXAMPLE ")  -- \"8PDw8PDw8PA=\"",
	},
	{
	    .name = "img_dhash",
	    .call = fn_img_dhash,
	    .args = "id:text",
	    .returns = "text",
	    .doc =
		"A perceptual hash of an image: 64 bits in base64 that say where it gets brighter to the right.",
	    .example = "img_dhash(" EXAMPLE ")  -- \"//////////8=\"",
	},
	{
	    .name = "img_phash",
	    .call = fn_img_phash,
	    .args = "id:text",
	    .returns = "text",
	    .doc =
		"A perceptual hash of an image: 64 bits in base64 that say where it is brighter than its median. 128 is taken off a median above 127, as in all hashes that are stored.",
	    .example = "img_phash(" EXAMPLE ")  -- \"8PDw8PDw8PA=\"",
	},
	{
	    .name = "img_nudity",
	    .call = fn_img_nudity,
	    .args = "id:text",
	    .returns = "map",
	    .doc =
		"How much skin an image shows, by its colours: skin_percent of the pixels, nude if that and its regions look like it, and a score to order by: skin_percent / 100, and 1 more if nude.",
	    .example =
		"img_nudity(" EXAMPLE
		")  -- {\"nude\": false, \"score\": 0.0, \"skin_percent\": 0.0}",
	},
	{ NULL },
};
