"""The kinds of job sources that there are: one line each, by the name that connections are kept under."""

from __future__ import annotations

from typing import Any

JOB_SOURCES: dict[str, dict[str, Any]] = {
    "jsonld": {"BACKEND": "ingestion.sources.jsonld.JsonLdSource"},
    "csv": {"BACKEND": "ingestion.sources.csv_file.CsvSource"},
    "adzuna": {"BACKEND": "ingestion.sources.adzuna.AdzunaSource"},
    "amazon": {"BACKEND": "ingestion.sources.amazon.AmazonSource"},
    "arbeitnow": {"BACKEND": "ingestion.sources.arbeitnow.ArbeitnowSource"},
    "ashby": {"BACKEND": "ingestion.sources.ashby.AshbySource"},
    "avature": {"BACKEND": "ingestion.sources.avature.AvatureSource"},
    "feed": {"BACKEND": "ingestion.sources.feed.FeedSource"},
    "googlefeed": {"BACKEND": "ingestion.sources.googlefeed.GoogleFeedSource"},
    "greenhouse": {"BACKEND": "ingestion.sources.greenhouse.GreenhouseSource"},
    "hackernews": {"BACKEND": "ingestion.sources.hackernews.HackerNewsSource"},
    "himalayas": {"BACKEND": "ingestion.sources.himalayas.HimalayasSource"},
    "icims": {"BACKEND": "ingestion.sources.icims.IcimsSource"},
    "jazzhr": {"BACKEND": "ingestion.sources.jazzhr.JazzHrSource"},
    "jobvite": {"BACKEND": "ingestion.sources.jobvite.JobviteSource"},
    "jsonresume": {"BACKEND": "ingestion.sources.jsonresume.JsonResumeJobSource"},
    "lever": {"BACKEND": "ingestion.sources.lever.LeverSource"},
    "parquet": {"BACKEND": "ingestion.sources.parquet.ParquetSource"},
    "personio": {"BACKEND": "ingestion.sources.personio.PersonioSource"},
    "recruitee": {"BACKEND": "ingestion.sources.recruitee.RecruiteeSource"},
    "remoteok": {"BACKEND": "ingestion.sources.remoteok.RemoteOkSource"},
    "remotive": {"BACKEND": "ingestion.sources.remotive.RemotiveSource"},
    "rippling": {"BACKEND": "ingestion.sources.rippling.RipplingSource"},
    "sitemap": {"BACKEND": "ingestion.sources.sitemap.SitemapSource"},
    "smartrecruiters": {"BACKEND": "ingestion.sources.smartrecruiters.SmartRecruitersSource"},
    "teamtailor": {"BACKEND": "ingestion.sources.teamtailor.TeamtailorSource"},
    "themuse": {"BACKEND": "ingestion.sources.themuse.TheMuseSource"},
    "usajobs": {"BACKEND": "ingestion.sources.usajobs.UsaJobsSource"},
    "webpage": {"BACKEND": "ingestion.sources.webpage.WebPageSource"},
    "workable": {"BACKEND": "ingestion.sources.workable.WorkableSource"},
    "workday": {"BACKEND": "ingestion.sources.workday.WorkdaySource"},
    "workingnomads": {"BACKEND": "ingestion.sources.workingnomads.WorkingNomadsSource"},
}
