"""The demo company: people who have been using Corpblog for five weeks."""
