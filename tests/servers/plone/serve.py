"""Makes a Plone site in an empty folder and serves it on the loopback, by the Python that has Plone.

`python serve.py FOLDER PORT PASSWORD LANGUAGE...`: the site is `/Plone`, with a folder for each language; the account
is `editor`.
"""

import logging
import sys
from pathlib import Path

import transaction
import waitress
import Zope2
from AccessControl.SecurityManagement import newSecurityManager
from plone.registry.interfaces import IRegistry
from Testing.makerequest import makerequest
from zope.component import getUtility
from zope.component.hooks import setSite
from Zope2.Startup.run import make_wsgi_app

CONFIGURATION = """instancehome {folder}
<zodb_db main>
  mount-point /
  <filestorage>
    path {folder}/Data.fs
    blob-dir {folder}/blobs
  </filestorage>
</zodb_db>
"""
COMPONENTS = """<configure xmlns="http://namespaces.zope.org/zope" xmlns:five="http://namespaces.zope.org/five">
  <include package="Products.Five" />
  <include package="Products.GenericSetup" file="meta.zcml" />
  <five:loadProducts file="meta.zcml" />
  <five:loadProducts />
  <five:loadProductsOverrides />
  <include package="plone.restapi" />
  <include package="plone.app.multilingual" />
  <securityPolicy component="AccessControl.security.SecurityPolicy" />
</configure>
"""
PROFILES = ("plone.app.contenttypes:default", "plone.restapi:default", "plone.app.multilingual:default")


def main(folder: Path, port: int, password: str, languages: list[str]) -> None:
    """Make the site, and serve it until told to end."""
    logging.disable(logging.WARNING)
    (folder / "etc").mkdir()
    (folder / "etc" / "site.zcml").write_text(COMPONENTS)
    configuration = folder / "etc" / "zope.conf"
    configuration.write_text(CONFIGURATION.format(folder=folder))
    wsgi = make_wsgi_app({}, str(configuration))
    _make_site(password, languages)
    waitress.serve(wsgi, host="127.0.0.1", port=port, threads=2)


def _make_site(password: str, languages: list[str]) -> None:
    from plone.app.multilingual.browser.setup import SetupMultilingualSite  # noqa: PLC0415 - once Zope is set up
    from Products.CMFPlone.factory import addPloneSite  # noqa: PLC0415 - likewise

    app = makerequest(Zope2.app())
    app.acl_users.userFolderAddUser("editor", password, ["Manager"], [])
    newSecurityManager(None, app.acl_users.getUserById("editor").__of__(app.acl_users))
    site = addPloneSite(app, "Plone", setup_content=False, default_language=languages[0], extension_ids=PROFILES)
    setSite(site)
    site.portal_workflow.setDefaultChain("simple_publication_workflow")
    getUtility(IRegistry)["plone.available_languages"] = languages
    SetupMultilingualSite().setupSite(site)
    transaction.commit()
    app._p_jar.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4:])
