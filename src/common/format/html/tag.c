#include "html/tag.h"

#include "base/mem.h"

/* Arrays, not pointers: nothing to relocate when the library is loaded. */
static const struct {
	char name[15];
	unsigned char n;
	unsigned short flags;
} rows[TAGS] = {
	{ "", 0, 0 },
#define TAG(id, name, flags) { name, sizeof(name) - 1, flags },
#include "html/tag_table.h"
#undef TAG
};

/* Names are sorted by their lower case. Source: 13.2.6.1 */
static const char svg_names[][20] = { "altGlyph", "altGlyphDef", "altGlyphItem",
	"animateColor", "animateMotion", "animateTransform", "clipPath",
	"feBlend", "feColorMatrix", "feComponentTransfer", "feComposite",
	"feConvolveMatrix", "feDiffuseLighting", "feDisplacementMap",
	"feDistantLight", "feDropShadow", "feFlood", "feFuncA", "feFuncB",
	"feFuncG", "feFuncR", "feGaussianBlur", "feImage", "feMerge",
	"feMergeNode", "feMorphology", "feOffset", "fePointLight",
	"feSpecularLighting", "feSpotLight", "feTile", "feTurbulence",
	"foreignObject", "glyphRef", "linearGradient", "radialGradient",
	"textPath" };

static const char svg_attrs[][20] = { "attributeName", "attributeType",
	"baseFrequency", "baseProfile", "calcMode", "clipPathUnits",
	"diffuseConstant", "edgeMode", "filterUnits", "glyphRef",
	"gradientTransform", "gradientUnits", "kernelMatrix",
	"kernelUnitLength", "keyPoints", "keySplines", "keyTimes",
	"lengthAdjust", "limitingConeAngle", "markerHeight", "markerUnits",
	"markerWidth", "maskContentUnits", "maskUnits", "numOctaves",
	"pathLength", "patternContentUnits", "patternTransform", "patternUnits",
	"pointsAtX", "pointsAtY", "pointsAtZ", "preserveAlpha",
	"preserveAspectRatio", "primitiveUnits", "refX", "refY", "repeatCount",
	"repeatDur", "requiredExtensions", "requiredFeatures",
	"specularConstant", "specularExponent", "spreadMethod", "startOffset",
	"stdDeviation", "stitchTiles", "surfaceScale", "systemLanguage",
	"tableValues", "targetX", "targetY", "textLength", "viewBox",
	"viewTarget", "xChannelSelector", "yChannelSelector", "zoomAndPan" };

static const struct {
	const char name[14];
	enum html_space space;
} prefixed[] = {
	{ "xlink:actuate", HTML_SPACE_XLINK },
	{ "xlink:arcrole", HTML_SPACE_XLINK },
	{ "xlink:href", HTML_SPACE_XLINK },
	{ "xlink:role", HTML_SPACE_XLINK },
	{ "xlink:show", HTML_SPACE_XLINK },
	{ "xlink:title", HTML_SPACE_XLINK },
	{ "xlink:type", HTML_SPACE_XLINK },
	{ "xml:lang", HTML_SPACE_XML },
	{ "xml:space", HTML_SPACE_XML },
	{ "xmlns", HTML_SPACE_XMLNS },
	{ "xmlns:xlink", HTML_SPACE_XMLNS },
};

enum html_tag
html_tag_by_name(struct str name)
{
	unsigned low = 1, high = TAGS;

	if (name.n >= sizeof(rows[0].name))
		return TAG_NONE;
	while (low < high) {
		unsigned at = (low + high) / 2;
		int c = str_cmp(name, str_view(rows[at].name, rows[at].n));

		if (c == 0)
			return (enum html_tag)at;
		if (c < 0)
			high = at;
		else
			low = at + 1;
	}
	return TAG_NONE;
}

struct str
html_tag_name(enum html_tag tag)
{
	return str_view(rows[tag].name, rows[tag].n);
}

unsigned
html_tag_flags(enum html_tag tag)
{
	return rows[tag].flags;
}

static int
compare_nocase(struct str name, const char *want)
{
	size_t i = 0;

	for (; i < name.n && want[i] != '\0'; i++) {
		char c = want[i];

		if (c >= 'A' && c <= 'Z')
			c = (char)(c + 32);
		if (name.p[i] != c)
			return (unsigned char)name.p[i] < (unsigned char)c ? -1
			                                                   : 1;
	}
	return i < name.n ? 1 : want[i] != '\0' ? -1 : 0;
}

/* The name in a list that is the same but for case; else name itself. */
static struct str
mixed_case(struct str name, const char (*list)[20], size_t n)
{
	size_t low = 0;

	while (low < n) {
		size_t at = (low + n) / 2;
		int c = compare_nocase(name, list[at]);

		if (c == 0)
			return str_of(list[at]);
		if (c < 0)
			n = at;
		else
			low = at + 1;
	}
	return name;
}

struct str
html_svg_name(struct str name)
{
	return mixed_case(name, svg_names, ARRAY_SIZE(svg_names));
}

struct str
html_svg_attr(struct str name)
{
	return mixed_case(name, svg_attrs, ARRAY_SIZE(svg_attrs));
}

struct str
html_mathml_attr(struct str name)
{
	return str_is(name, "definitionurl") ? STR("definitionURL") : name;
}

void
html_adjust_foreign(struct html_attr *attr)
{
	if (attr->name.n < 5 || attr->name.p[0] != 'x')
		return;
	for (size_t i = 0; i < ARRAY_SIZE(prefixed); i++) {
		struct str local = str_of(prefixed[i].name);

		if (!str_eq(attr->name, local))
			continue;
		attr->space = prefixed[i].space;
		(void)str_cut(&local, ':');
		if (local.p != NULL)
			attr->name = local;
		return;
	}
}
