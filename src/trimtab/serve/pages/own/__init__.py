"""What the pages show that wait for somebody: the queue, and their own."""
