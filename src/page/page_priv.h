/* What the files of page/ share. */
#ifndef AIS_PAGE_PRIV_H
#define AIS_PAGE_PRIV_H
#include "page/page.h"

extern const char ais__page_style[];
#endif
