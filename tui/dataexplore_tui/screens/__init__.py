"""One screen per mode, and the overlays."""
