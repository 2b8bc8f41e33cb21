"""auth: workspaces, users, sessions; who somebody is and what they may."""
