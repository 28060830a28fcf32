"""Reading values out of documents: pages with words (pages), values by label (fields), pictures (drawing), an answer (extract).

Pure: knows no HTTP and no World, and the same file gives the same answer. The libraries that read PDFs and pictures are
imported when the first file is read. What is slow here is meant to run in a thread; PDFs are read one at a time.
"""
