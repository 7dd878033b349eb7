#include "img/decode.h"

#include "img/kind.h"

static int
read_ico(struct pool *pool, struct str bytes, struct img *out, struct err *err)
{
	struct str entry;

	if (img_ico_largest(bytes, &entry, err) == -1)
		return -1;
	if (img_kind_of(entry) == IMG_PNG)
		return img_read_png(pool, entry, out, err);
	return img_read_icon_bmp(pool, entry, out, err);
}

int
img_decode(struct pool *pool, struct str bytes, enum img_use use,
    struct img *out, struct err *err)
{
	enum img_kind kind = img_kind_of(bytes);

	switch (kind) {
	case IMG_PNG:
		return img_read_png(pool, bytes, out, err);
	case IMG_JPEG:
		return img_read_jpeg(pool, bytes, out, err);
	case IMG_GIF:
		return img_read_gif(pool, bytes, out, err);
	case IMG_WEBP:
		return img_read_webp(pool, bytes, use, out, err);
	case IMG_TIFF:
		return img_read_tiff(pool, bytes, out, err);
	case IMG_BMP:
		return img_read_bmp(pool, bytes, out, err);
	case IMG_ICO:
		return read_ico(pool, bytes, out, err);
	case IMG_NONE:
		return err_set(err, "The image format could not be determined");
	default:
		return err_set(err, "Unsupported format: %s",
		    img_kind_name(kind));
	}
}
