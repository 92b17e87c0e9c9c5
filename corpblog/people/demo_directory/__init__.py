"""A small read-only LDAP server with the people of a made-up company. For trying Corpblog; never for a real company."""
