"""What training and serving a model emits: two published estimators and the books they keep."""
