/*
 * geoip: the databases of geoip_lookup and asn_lookup.
 */
#ifndef STDLIB_GEOIP_H
#define STDLIB_GEOIP_H

/*
 * Opens both databases, each the first that is there: in /usr/share/GeoIP,
 * /usr/local/share/examples/libmaxminddb, /var/lib/GeoIP,
 * $XDG_CACHE_HOME/sn0int or $HOME/.cache/sn0int. Before the jail closes; after
 * it nothing is opened, and what could not be had is an error of the call.
 */
void geoip_prepare(void);

#endif
