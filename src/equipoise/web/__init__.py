"""The workbench: a Django project with one app per room."""
