module "key" {
  source = "../keys"

  name    = var.name
  purpose = "registry"
}

# A tag never moves and releases are named by digest: what was reviewed is what runs.
resource "aws_ecr_repository" "this" {
  name                 = var.name
  image_tag_mutability = "IMMUTABLE"
  force_delete         = false

  image_scanning_configuration {
    scan_on_push = true
  }

  encryption_configuration {
    encryption_type = "KMS"
    kms_key         = module.key.arn
  }
}

# ECR does not know what runs, so nothing that may be live expires: releases stay, and so do images without a tag, by whose
# digest a task definition or a manifest of several architectures may name them. Only what CI has tried out goes.
resource "aws_ecr_lifecycle_policy" "this" {
  repository = aws_ecr_repository.this.name

  policy = jsonencode({
    rules = [
      {
        rulePriority = 1
        description  = "Builds of CI that are no release"
        selection    = { tagStatus = "tagged", tagPrefixList = ["ci-"], countType = "imageCountMoreThan", countNumber = 100 }
        action       = { type = "expire" }
      },
    ]
  })
}
