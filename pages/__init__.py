"""What the pages show, one module per page: layout only."""
