"""A demonstration network on the loopback: nine invented national sites that behave like the real platforms.

    ca_demo   Canada    an OAI-PMH repository (oai-repo behind Flask), six languages     oai_site.py, library.py
    be_demo   Belgium   a PTK portal (RSS 1.0, Dublin Core, events), French, Dutch, English   ptk_site.py
    pe_demo   Peru      a WordPress site (RSS 2.0, paged), Spanish; dead from the second day  wordpress_site.py
    eg_demo   Egypt     a Bioland 2 site (Drupal's JSON:API), Arabic, English, French, Spanish   bioland_site.py
    cm_demo   Cameroon  a WordPress site (REST API, Polylang), French and English         wordpress_rest_site.py
    co_demo   Colombia  a CKAN catalogue, Spanish and English                             catalogue_site.py
    ke_demo   Kenya     a DCAT catalogue (Turtle, Hydra), English                         catalogue_site.py
    ma_demo   Morocco   plain HTML and nothing else, French and Arabic                    plain_site.py
    cr_demo   Costa Rica  HTML with JSON-LD, hreflang and a site map, Spanish and English  structured_site.py
    thesaurus         the CBD's thesaurus API, of which it lists a few terms                  thesaurus_site.py

Every answer is a function of the day and the request, byte for byte. Nothing here imports a room of the aggregator,
so what `count.py` counts is independent of it. What the documents say is true (text.py); the sites are invented.
"""
