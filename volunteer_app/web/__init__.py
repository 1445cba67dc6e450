"""Flask glue: database session, access, forms, language, paging, errors. Knows no feature."""
