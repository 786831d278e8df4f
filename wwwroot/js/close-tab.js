// The tab that comes back from a consent closes itself; where the browser does not let it, the page says that it may be closed.
window.close();
